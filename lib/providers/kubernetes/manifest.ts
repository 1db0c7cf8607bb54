type Atom = string | number | boolean | Date | null | undefined;

/**
 * A Kubernetes object written as a literal. The client's models are classes, of which only the
 * fields count.
 */
export type Manifest<T> = T extends Atom
  ? T
  : T extends readonly (infer Item)[]
    ? Manifest<Item>[]
    : { [Field in keyof T]: Manifest<T[Field]> };
