/** Ignores every polite request. */
process.on('SIGTERM', () => undefined);
console.log('deaf');
setInterval(() => undefined, 60_000);
