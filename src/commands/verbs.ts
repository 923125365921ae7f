/** All verbs, in the order of help. To add one, add a folder and a line here. */
import type { Verb } from './verb.ts';

export const VERBS: readonly Verb[] = [
  {
    name: 'import',
    summary: 'import events into Scarf and wait for the imports to finish',
    load: async () => (await import('./import/declare.ts')).declareImport,
  },
  {
    name: 'imports',
    summary: 'list, show, follow and abort imports at Scarf',
    load: async () => (await import('./imports/declare.ts')).declareImports,
  },
  {
    name: 'export',
    summary: 'export events, aggregates, companies and scores from Scarf',
    load: async () => (await import('./export/declare.ts')).declareExport,
  },
  {
    name: 'report',
    summary: 'make a page to look at, from what exports wrote',
    load: async () => (await import('./report/declare.ts')).declareReport,
  },
  {
    name: 'schedule',
    summary: 'daily exports that Scarf writes to a bucket',
    load: async () => (await import('./schedule/declare.ts')).declareSchedule,
  },
  {
    name: 'ingest',
    summary: 'send events to Sumatra, Moesif or VMware Log Insight',
    load: async () => (await import('./ingest/declare.ts')).declareIngest,
  },
  {
    name: 'check',
    summary: 'check files without sending them',
    load: async () => (await import('./check/declare.ts')).declareCheck,
  },
  {
    name: 'runs',
    summary: 'list, show, resume and forget imports and ingests',
    load: async () => (await import('./runs/declare.ts')).declareRuns,
  },
  {
    name: 'sandbox',
    summary: 'run emulated vendors on this machine to test against',
    load: async () => (await import('./sandbox/declare.ts')).declareSandbox,
  },
  {
    name: 'login',
    summary: 'save a token, key or password for a vendor',
    load: async () => (await import('./login/declare.ts')).declareLogin,
  },
  {
    name: 'logout',
    summary: 'remove the saved token, key or password of a vendor',
    load: async () => (await import('./logout/declare.ts')).declareLogout,
  },
  {
    name: 'whoami',
    summary: 'show the account that commands use, and check it',
    load: async () => (await import('./whoami/declare.ts')).declareWhoami,
  },
  {
    name: 'config',
    summary: 'save settings for a vendor',
    load: async () => (await import('./config/declare.ts')).declareConfig,
  },
  {
    name: 'doctor',
    summary: 'check Node.js, network, account, state directory and PostgreSQL',
    load: async () => (await import('./doctor/declare.ts')).declareDoctor,
  },
  {
    name: 'limits',
    summary: "print every vendor's limits and retry rules",
    load: async () => (await import('./limits/declare.ts')).declareLimits,
  },
  {
    name: 'describe',
    summary: 'print all commands, options and exit codes as one JSON document',
    load: async () => (await import('./describe/declare.ts')).declareDescribe,
  },
  {
    name: 'completion',
    summary: 'print a completion script for your shell',
    load: async () => (await import('./completion/declare.ts')).declareCompletion,
  },
  {
    name: 'complete',
    summary: 'what a completion script asks',
    hidden: true,
    load: async () => (await import('./completion/declare.ts')).declareComplete,
  },
  {
    name: 'help',
    summary: 'explain a command or a topic',
    load: async () => (await import('./help/declare.ts')).declareHelp,
  },
];
