/** A name of code as people read it: `distance_to_class_mean` is "distance to class mean". */
export const plainName = (name: string): string => name.replaceAll('_', ' ');
