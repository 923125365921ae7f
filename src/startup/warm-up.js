// In front of the program (`node --import`): when it ends, writes the bytecode of every script that it loaded, with the
// functions in it that were called. Part of the build, see bytecode.js.
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import v8 from 'node:v8';
import { LOADED } from './load-script.js';

// V8 takes bytecode only under the flags under which it was written: for each script those that are set before it is loaded.
const { setFlagsFromString } = v8;
const flags = [];
v8.setFlagsFromString = (flag) => void flags.push(flag);
syncBuiltinESMExports();
const loaded = [];
subscribe(LOADED, ({ script, bytecode }) => loaded.push({ script, bytecode, flagsBefore: flags.length }));
process.on('exit', () => {
  let set = 0;
  for (const { script, bytecode, flagsBefore } of loaded) {
    for (const flag of flags.slice(set, flagsBefore)) setFlagsFromString(flag);
    set = flagsBefore;
    writeFileSync(bytecode, script.createCachedData());
  }
  process.stderr.write('bytecode is written\n');
});
