/** Exponent of the generalised entropy, and the least number of classes that it sums. */
const [GAMMA, MIN_CLASSES] = [0.1, 10];

/**
 * Scores samples by the generalised entropy of their largest probabilities, Σ p^γ (1 − p)^γ with γ = 0.1 over the top
 * 10 % of the classes, at least 10 (Liu, Lochman & Zach, GEN, CVPR 2023).
 */
export function scoreEntropy(probabilities: Float32Array, classes: number, rows: Int32Array): Float64Array {
  const top = Math.min(classes, Math.max(MIN_CLASSES, Math.round(classes / 10)));
  return Float64Array.from(rows, (row) => {
    const own = probabilities.slice(row * classes, (row + 1) * classes);
    if (top < classes) own.sort().reverse();
    let sum = 0;
    for (let c = 0; c < top; c++) sum += (own[c]! * Math.max(0, 1 - own[c]!)) ** GAMMA;
    return sum;
  });
}
