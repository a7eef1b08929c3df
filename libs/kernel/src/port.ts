/** The public members of a class: the port that a fake of it in a spec implements. */
export type Port<Class> = Pick<Class, keyof Class>;
