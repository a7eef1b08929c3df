/** What the thread of a map says while it works. */
export type MapMessage =
  | {
      readonly type: 'progress';
      readonly done: number;
      readonly total: number;
      readonly unit: string;
      readonly message: string;
    }
  | { readonly type: 'shown'; readonly coordinates: Float32Array };
