/** The algorithm of an address that names none, in old links too, whatever the platform's default is. */
export const ADDRESS_ALGORITHM = 'umap';
