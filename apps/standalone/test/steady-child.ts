/** Lives until it gets the signal to end, and writes its number when it does. */
process.on('SIGTERM', () => {
  process.exit(0);
});
setInterval(() => undefined, 60_000);
