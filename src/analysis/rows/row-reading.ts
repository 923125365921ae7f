/** How the rows of one file are read. */
import type { Text } from '../tables/text.ts';

/** Counts whole rows of the bytes; returns how many of them it has read. */
export interface RowReading {
  read(text: Text, length: number): { consumed: number; rows: number; unreadable: number };
}
