import { HubError } from "../http/hub-error.ts";
import type { HubCall, HubState } from "../hub-state.ts";
import type { Commit } from "../repository/git-commit.ts";
import type { HubFile } from "../repository/hub-file.ts";
import type { StoredRepository } from "../repository/repository.ts";
import { type Caller, opens } from "./caller.ts";

/**
 * The repository, for somebody who may know of it.
 *
 * @throws {HubError} "RepoNotFound" for private ones too; a disabled one.
 */
export function openRepository({ repositories }: HubState, name: string, caller: Caller): StoredRepository {
  const repository = repositories.get(name);
  if (repository === undefined || (repository.spec.private && !opens(caller, name))) throw repositoryNotFound(caller);
  if (repository.spec.disabled) throw new HubError({ status: 403, message: "Access to this resource is disabled." });
  return repository;
}

/** @throws {HubError} "RevisionNotFound". */
export function openRevision(repository: StoredRepository, revision: string): Commit {
  const commit = repository.find(revision);
  if (commit !== undefined) return commit;
  throw new HubError({ status: 404, code: "RevisionNotFound", message: `Invalid rev id: ${revision}` });
}

/** What is asked for when somebody wants the bytes of a file. */
export interface FileAddress {
  readonly repository: string;
  readonly revision: string;
  readonly path: string;
}

/**
 * A file, for somebody who may read it.
 *
 * @throws {HubError} any of the codes.
 */
export function openFile(state: HubState, { caller }: HubCall, address: FileAddress): OpenedFile {
  const repository = openRepository(state, address.repository, caller);
  if (repository.spec.gated && !opens(caller, repository.name)) throw gatedRepository(repository, caller);
  const commit = openRevision(repository, address.revision);
  const file = commit.files.get(address.path);
  if (file !== undefined) return { repository, commit, file };
  const headers = { "X-Repo-Commit": commit.id };
  throw new HubError({ status: 404, code: "EntryNotFound", message: "Entry not found", headers });
}

export interface OpenedFile {
  readonly repository: StoredRepository;
  readonly commit: Commit;
  readonly file: HubFile;
}

/** Who is not logged in is not told whether there is such a repository. */
function repositoryNotFound(caller: Caller): HubError {
  if (caller.kind === "user") {
    return new HubError({ status: 404, code: "RepoNotFound", message: "Repository not found" });
  }
  return new HubError({
    status: 401,
    code: "RepoNotFound",
    message: "Invalid username or password.",
    headers: authenticate,
  });
}

function gatedRepository({ name, url }: StoredRepository, caller: Caller): HubError {
  const restricted = `Access to model ${name} is restricted`;
  if (caller.kind === "user") {
    const message = `${restricted} and you are not in the authorized list. Visit ${url} to ask for access.`;
    return new HubError({ status: 403, code: "GatedRepo", message });
  }
  const message = `${restricted}. You must have access to it and be authenticated to access it. Please log in.`;
  return new HubError({ status: 401, code: "GatedRepo", message, headers: authenticate });
}

const authenticate = { "WWW-Authenticate": 'Bearer realm="Authentication required", charset="UTF-8"' };
