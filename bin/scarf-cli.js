#!/usr/bin/env node
import { answerAtOnce } from './at-once.js';
import { start } from './start.js';

if (!answerAtOnce(process.argv.slice(2))) await start(() => import('../dist/main.js'));
