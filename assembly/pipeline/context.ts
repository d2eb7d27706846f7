/** Something that the proxy knows by a context id: a plugin (root context) or a stream. */
export abstract class Context {}
