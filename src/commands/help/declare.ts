/** `scarf-cli help [topic]`: topics that belong to no single command. */
import type { Command } from 'commander';
import { Failure } from '../../failure.ts';
import type { ActionContext } from '../verb.ts';
import { nearestName } from '../../shaping/reshape/nearest.ts';
import { TOPICS } from './topics/topics.ts';

export function declareHelp(program: Command, { machine, verbs, showHelp, settle }: ActionContext): void {
  program
    .command('help')
    .summary('explain a command or a topic')
    .description('Explain a command or a topic.')
    .argument('[topic...]', 'a command, or one of the topics below')
    .addHelpText(
      'after',
      `\nTopics:\n${TOPICS.map(({ name, summary }) => `  ${name.padEnd(14)}  ${summary}`).join('\n')}`,
    )
    .action(async ([name, ...rest]: string[]) => {
      if (name === undefined) {
        program.outputHelp();
        return;
      }
      const topic = TOPICS.find((one) => one.name === name);
      if (topic) {
        machine.stdout.write(topic.text());
        return;
      }
      if (!verbs.includes(name)) {
        const names = [...verbs, ...TOPICS.map((one) => one.name)];
        const nearest = nearestName(name, names);
        throw new Failure('usage', `unknown command or topic: ${name}`, {
          hint: nearest === undefined ? '"scarf-cli help" lists them' : `did you mean ${nearest}?`,
        });
      }
      settle(await showHelp([name, ...rest]));
    });
}
