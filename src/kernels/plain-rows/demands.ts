/** Demands on a key and its value, or on a column and its cell, as bits of one number. */

/** A row with this key is not plain. */
export const ABSENT: u32 = 1;
/** The key must be present; the cell must have a text. */
export const REQUIRED: u32 = 2;
/** The value must be a text that is not empty. */
export const TEXT: u32 = 4;
/** Exactly one of the keys or cells with this demand must be present. */
export const ONE_OF: u32 = 8;
/** The value must be a time in one of the forms that are read here. */
export const TIME: u32 = 16;
/** It is the row's id. */
export const ID: u32 = 32;

// Only of keys:

/** The value must be a text or null. Checked only where it is the key's only demand. */
export const STRING: u32 = 64;
/** The member is left out. Its value must be the text of the probe, and nothing else may be demanded of it. */
export const DROPPED: u32 = 128;
/** The text of the probe is put in place of the key. */
export const RENAMED: u32 = 256;
