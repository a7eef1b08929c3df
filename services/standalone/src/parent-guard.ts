/** Loaded into every child before its own module: a child whose supervisor is gone ends itself, so that nothing is left behind. */
process.on('disconnect', () => { process.exit(1); });
process.channel?.unref();
