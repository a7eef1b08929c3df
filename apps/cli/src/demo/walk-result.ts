/** The figures of the walk, as `result.json` has them. */
export interface WalkResult {
  /** Share of the validation digits that are classified correctly after the last epoch. */
  readonly validation_accuracy: number;
  /** One entry an epoch. */
  readonly explorations: readonly ExplorationFigures[];
  /** Mean loss of misclassified digits over that of the others. */
  readonly loss_ratio_misclassified: number;
  /** For each class the class whose centre is nearest in perception space. */
  readonly nearest_class: Readonly<Record<string, string>>;
  readonly similar: {
    readonly query: string;
    readonly k: number;
    readonly same_label: number;
    readonly recall: number;
  };
  readonly analysis: AnalysisFigures;
  /** Seconds by step, and `total`. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly engine: { readonly trainer: string; readonly responder: string; readonly index: string };
}

export interface ExplorationFigures {
  readonly epoch: number;
  readonly points: number;
  readonly trustworthiness: number;
  readonly continuity: number;
  readonly knn_overlap: number;
  readonly label_agreement_map: number;
  readonly label_agreement_vectors: number;
}

/** Scores of the true class's heat map, next to random masks of the same area. */
export interface AnalysisFigures {
  readonly sample: string;
  readonly label: string;
  readonly prediction: string;
  readonly deletion: number;
  readonly insertion: number;
  readonly random_deletion: number;
  readonly random_insertion: number;
}
