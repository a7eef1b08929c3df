/** How one server is started and how one knows that it serves; the starter decides who keeps the process. */
export interface ServerSpec {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** True once the server answers; asked again and again while it starts. */
  readonly ready: () => Promise<boolean>;
}
