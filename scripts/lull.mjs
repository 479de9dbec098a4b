#!/usr/bin/env node
/** The `lull` command, for example `lull chat "Hello"`; standard output holds only the app's own. */
import './node-version.mjs';
import process from 'node:process';
import { launch } from './launch.mjs';
import { runCommandBody } from './steps.mjs';

await runCommandBody(() => launch(process.argv.slice(2)));
