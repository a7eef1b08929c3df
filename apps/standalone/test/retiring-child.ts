/**
 * Says that it is at work, as `runProcess` does, and ends with code 0 on SIGUSR2, as a worker does that gives
 * back its memory.
 */
process.on('SIGUSR2', () => {
  process.exit(0);
});
process.send?.('at work', () => undefined);
setInterval(() => undefined, 60_000);
