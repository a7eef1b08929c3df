/**
 * Repulsion between points: writes the forces, not yet divided by Z, of the thread's own points, and returns
 * Z = Σᵢ Σⱼ≠ᵢ 1 / (1 + |yᵢ − yⱼ|²).
 */
export interface Repulsion {
  /**
   * Coordinates and forces are [n, dims]. All threads call it together. Force i = Σⱼ (yᵢ − yⱼ) / (1 + |yᵢ −
   * yⱼ|²)².
   */
  forces(coordinates: Float64Array, forces: Float64Array): number;
}
