/** Says that it was loaded, and to its supervisor that it is at work, as `runProcess` does. */
process.stdout.write(`loaded ${process.pid}\n`);
process.send?.('at work', () => undefined);
setInterval(() => undefined, 60_000);
