/** One labelled image. */
export interface LabelledImage {
  readonly path: string;
  /** File name without its folder. */
  readonly file: string;
  readonly label: number;
}
