// Writes down what `scarf-cli --help` prints at the usual widths, for `bin/at-once.js`. Runs after everything is built.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const program = new URL('../../../dist/main.js', import.meta.url);
/** Of a terminal, and of output that is no terminal. */
const usual = [80, 100];
const endless = 10_000;

const widths = Object.fromEntries(usual.map((columns) => [columns, helpAt(columns)]));
// Only when no line is longer than that is help the same on every wider terminal.
const widest = helpAt(endless) === widths[100] ? widths[100] : undefined;
writeFileSync(new URL('../../../dist/help.json', import.meta.url), JSON.stringify({ widths, widest }));

function helpAt(columns) {
  const script = `
    process.stdout.columns = ${columns};
    process.argv = [process.execPath, 'scarf-cli', '--help'];
    await (await import('${program.href}')).main();
  `;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
}
