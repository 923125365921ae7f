/** What connections are made with, apart from the string. */
import type { ConninfoContext } from '../../../../src/sinks/postgres/conninfo/context.ts';

export function conninfoContext(over: Partial<ConninfoContext> = {}): ConninfoContext {
  return {
    environment: {},
    homeDirectory: '/nowhere',
    userName: () => 'clerk',
    random: () => 0.5,
    onNotice: () => undefined,
    ...over,
  };
}
