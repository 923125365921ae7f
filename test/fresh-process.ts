/** Runs before each file of tests: what those before it in this process have left behind is taken away. */
import { processMask } from '../src/masking/process-mask.ts';

// A secret of another file may be a word of this one.
processMask.clear();
