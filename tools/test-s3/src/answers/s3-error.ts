/** An error of S3, before it is an answer. */
export interface S3Error {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** More elements of the document. */
  readonly details?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** By their codes: statuses and sentences as S3 documents them. */
const known = {
  AccessDenied: [403, "Access Denied"],
  AuthorizationHeaderMalformed: [400, "The authorization header that you provided is not valid."],
  AuthorizationQueryParametersError: [400, "The authorization query parameters that you provided are not valid."],
  ExpiredToken: [400, "The provided token has expired."],
  InternalError: [500, "We encountered an internal error. Please try again."],
  InvalidAccessKeyId: [403, "The AWS Access Key Id you provided does not exist in our records."],
  InvalidArgument: [400, "Invalid Argument"],
  InvalidObjectState: [403, "The operation is not valid for the object's storage class"],
  InvalidRange: [416, "The requested range is not satisfiable"],
  InvalidRequest: [400, "Invalid Request"],
  InvalidToken: [403, "The provided token is malformed or otherwise invalid."],
  InvalidURI: [400, "Couldn't parse the specified URI."],
  MethodNotAllowed: [405, "The specified method is not allowed against this resource."],
  NoSuchBucket: [404, "The specified bucket does not exist"],
  NoSuchKey: [404, "The specified key does not exist."],
  NoSuchVersion: [404, "The specified version does not exist."],
  NotImplemented: [501, "A header or query you provided implies functionality that is not implemented."],
  PermanentRedirect: [
    301,
    "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
  ],
  PreconditionFailed: [412, "At least one of the pre-conditions you specified did not hold"],
  RequestTimeTooSkewed: [403, "The difference between the request time and the current time is too large."],
  SignatureDoesNotMatch: [
    403,
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
  ],
  SlowDown: [503, "Please reduce your request rate."],
  TemporaryRedirect: [307, "Please re-send this request to the specified temporary endpoint."],
  XAmzContentSHA256Mismatch: [400, "The provided 'x-amz-content-sha256' header does not match what was computed."],
} as const;

export type S3ErrorCode = keyof typeof known;

export function s3Error(code: S3ErrorCode, more: Partial<Omit<S3Error, "code">> = {}): S3Error {
  const [status, message] = known[code];
  return { status, code, message, ...more };
}

export function isS3Error(value: object): value is S3Error {
  return "code" in value && "message" in value;
}
