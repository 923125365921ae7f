/**
 * The secrets of this process. Whoever resolves one adds it here, once; whatever writes text (the two streams, whole
 * files, ledgers, descriptions of rejects, replies) asks here. Nothing is ever taken away: a secret that was used
 * stays one until the process ends. Bytes are rows of the user's own and are never searched.
 */
import { Mask } from './mask.ts';

export const processMask = new Mask();
