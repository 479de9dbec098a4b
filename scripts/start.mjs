#!/usr/bin/env node
/** `npm start`: from a fresh checkout to the open window, or to a headless Lull without a display. */
import './node-version.mjs';
import process from 'node:process';
import { launch } from './launch.mjs';
import { runCommandBody } from './steps.mjs';

await runCommandBody(() => launch(process.argv.slice(2)));
