/** Runs before each test file: removes what earlier files left behind in this process. */
import { processMask } from '../src/masking/process-mask.ts';

// A secret of another file may be an ordinary word in this one.
processMask.clear();
