/**
 * The secrets of this process. Whoever resolves one adds it here; everything that writes text (the two
 * streams, whole files, ledgers, descriptions of rejects, replies) masks with it. In a command they are never
 * removed: one that was used remains a secret until the process ends. A program that calls the library keeps those
 * of calls under way, and the latest others. Bytes are the user's rows and are never searched.
 */
import { Mask } from './mask.ts';

export const processMask = new Mask();
