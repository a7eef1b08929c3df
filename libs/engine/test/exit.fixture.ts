import { float32, GraphBuilder } from '@noema/onnx';
import { ExitGate } from '../src/backends/exit.gate.js';
import { Engine, Program } from '../src/index.js';

/** Exits with code 7 while a worker is inside the runtime of the backend that the first argument names. */
const b = new GraphBuilder();
b.input('x', ['n', 'n']);
b.output(Array.from({ length: 1000 }).reduce<string>((x) => b.op('Tanh', [b.op('MatMul', [x, 'x'])]), 'x'));
void Engine.start({ threads: 2, backend: process.argv[2] ?? 'cpu' }).run(Program.of(b.build()), {
  x: float32(new Float32Array(256 * 256), [256, 256]),
});
const inside = ExitGate.own().cells;
setInterval(() => {
  if (inside[0]! > 0) process.exit(7);
}, 1);
