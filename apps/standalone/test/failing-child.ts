/** Dies at once. */
process.exit(3);
