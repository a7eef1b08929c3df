/** Messages of the thread that computes a map. */
export type MapMessage =
  | {
      readonly type: 'progress';
      readonly done: number;
      readonly total: number;
      readonly unit: string;
      readonly message: string;
    }
  | { readonly type: 'shown'; readonly coordinates: Float32Array };
