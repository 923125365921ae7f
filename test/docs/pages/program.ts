/** The command tree that generated pages are made from. */
import { describeProgram, type ProgramDocument } from '../../../src/commands/describe/document.ts';
import { wholeProgram } from '../../../src/commands/program.ts';
import { Interruption } from '../../../src/interruption.ts';
import { realMachine } from '../../../src/real-machine.ts';

/** All that can be called, as `describe --json` prints it. */
export async function programDocument(version: string): Promise<ProgramDocument> {
  const machine = realMachine();
  const interruption = new Interruption(machine);
  return describeProgram(await wholeProgram({ machine, interruption, version }), version);
}
