/** A double of which only the given functions may be called; any other fails the test by name. */
export function untouched<T extends object>(name: string, functions: Partial<NoInfer<T>> = {}): T {
  return new Proxy(functions as T, {
    get(target, property) {
      if (property in target) return Reflect.get(target, property);
      return () => {
        throw new Error(`${name}.${String(property)} must not be called here`);
      };
    },
  });
}
