/** The options of Log Insight, and the types of their values. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { ValuesOf } from '../../settings/values.ts';

export const LOGINSIGHT_OPTIONS = [
  {
    name: 'apiUrl',
    group: 'account',
    environment: ['LOGINSIGHT_URL'],
    description: 'address of the server, such as https://logs.example.org:9543',
    recipe: true,
  },
  {
    name: 'api',
    group: 'account',
    flags: '--api <version>',
    description: 'API version of the server',
    choices: ['v1', 'v2', 'cloud'],
    default: 'v1',
    recipe: true,
  },
  {
    name: 'agentId',
    group: 'account',
    common: true,
    flags: '--agent-id <id>',
    description: 'id under which the server knows this source (default: generated once and kept)',
    uselessWith: ['api=v2', 'api=cloud'],
    recipe: true,
  },
  {
    name: 'username',
    group: 'account',
    common: true,
    environment: ['LOGINSIGHT_USERNAME'],
    description: 'user to log in as',
  },
  {
    name: 'password',
    group: 'account',
    common: true,
    fileFlags: '--password-file <path>',
    commandOption: 'passwordCommand',
    environment: ['LOGINSIGHT_PASSWORD'],
    description: 'password of that user',
    secret: true,
  },
  {
    name: 'passwordCommand',
    group: 'account',
    flags: '--password-command <command>',
    environment: ['LOGINSIGHT_PASSWORD_COMMAND'],
    description: 'command that prints the password of that user',
  },
  {
    name: 'provider',
    group: 'account',
    environment: ['LOGINSIGHT_PROVIDER'],
    description: 'identity provider of that user: Local, ActiveDirectory or vIDM',
    default: 'Local',
  },
  {
    name: 'sessionId',
    group: 'account',
    environment: ['LOGINSIGHT_SESSION_ID'],
    description: 'session id to use as is; for the cloud, an API token',
    secret: true,
  },
  {
    name: 'caFile',
    group: 'account',
    common: true,
    flags: '--ca-file <path>',
    description: 'PEM file of certificates to trust',
    path: { role: 'input' },
  },
  { name: 'insecure', group: 'account', flags: '--insecure', description: 'trust any certificate' },
  {
    name: 'longText',
    group: 'reshaping',
    flags: '--long-text <how>',
    description: 'what to do with texts over 16 KB',
    choices: ['split', 'truncate', 'reject'],
    default: 'split',
    recipe: true,
  },
] as const satisfies readonly OptionSpec[];

export type LogInsightSettings = ValuesOf<typeof LOGINSIGHT_OPTIONS>;
