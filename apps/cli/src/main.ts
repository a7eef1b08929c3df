#!/usr/bin/env node
// The bundle of the command line, which the build makes: one by one its modules take a second to load.
await import(new URL('../../../../dist/cli-command-line.js', import.meta.url).href);
export {};
