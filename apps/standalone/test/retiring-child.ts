/**
 * Says that it was loaded, and to its supervisor that it is at work, as `runProcess` does; ends with code 0 on
 * SIGUSR2, as a worker does that is idle.
 */
process.on('SIGUSR2', () => {
  process.exit(0);
});
process.stdout.write(`loaded ${process.pid}\n`);
process.send?.('at work', () => undefined);
setInterval(() => undefined, 60_000);
