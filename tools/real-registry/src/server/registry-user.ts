/** The one user that every registry with a sign-in knows. */
export const user = "reader";
export const password = "secret";

/** The same for `htpasswd`, by bcrypt of the least cost: each request is checked by it. */
export const htpasswdLine = "reader:$2y$04$09LUA8vIPY0wv75WkzB2z.9931cYr0ZSGJlPhVDGdVDX1usNOYJY6\n";
