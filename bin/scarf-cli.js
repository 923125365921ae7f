#!/usr/bin/env node
// CommonJS, as this folder's package.json says: Node.js starts a third faster where it need not load its loader of modules.
const { answerAtOnce } = require('./at-once.js');

if (!answerAtOnce(process.argv.slice(2))) require('./start.js').start(() => import('../dist/main.js'));
