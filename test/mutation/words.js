/** What is not mutated: messages are for people, and no test asserts them; fault points are for the chaos tests. */
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

const names = ['message', 'hint'];
/** Calls whose first argument says what was being done. */
const describing = ['withFailureContext', 'localFailure'];

function shouldIgnore({ node, parent, listKey, key }) {
  if (node.type === 'ObjectProperty' && names.includes(node.key.name)) return 'words for people';
  if (node.type === 'CallExpression' && node.callee.property?.name === 'faultPoint') return 'for chaos tests';
  if (listKey !== 'arguments') return undefined;
  const { name } = parent.callee;
  if (key > 0 && name === 'Failure') return 'words for people';
  if (key === 0 && describing.includes(name)) return 'words for people';
  return undefined;
}

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'words', { shouldIgnore })];
