"""Every error that the service means to raise, in one tree. Knows nothing of HTTP libraries or of Ray.

    ContrappostoError            code, status, retryable
    |-- InvalidInput             the request is at fault; the message ends with the remedy
    |   |-- InvalidImage         undecodable, truncated, too many bytes, pixels or frames
    |   |-- TooLarge             beyond a stated limit
    |   |-- InvalidKeypoints     malformed, NaN, out of canvas
    |   |-- UnknownPose          a name that the library does not have
    |   |-- NoFigure             nothing in the picture reads as a figure
    |   `-- NoPose               nothing in the reference reads as a pose
    |-- NotFound                 an id or a path that is not there
    |-- WeightsError             missing, corrupted or mismatched weights: a refusal to start
    |-- ArtefactError            an exported graph or engine that is missing, altered or made for something else
    |-- GraphError               a graph that computes something else, or that an engine cannot be built from
    |-- NotFinite                a result that became NaN or infinite on its way
    `-- Overloaded               admitted later, perhaps

Each takes exactly one positional message, so that it survives the trip out of a replica (a two-argument
constructor does not come back).
"""


class ContrappostoError(Exception):
    """Base of the tree. `code` is stable and machine-readable, `status` the HTTP status it maps to."""

    code = "internal"
    status = 500
    retryable = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(ContrappostoError):
    code = "invalid_input"
    status = 422


class InvalidImage(InvalidInput):
    code = "invalid_image"
    status = 400


class TooLarge(InvalidInput):
    code = "too_large"
    status = 413


class InvalidKeypoints(InvalidInput):
    code = "invalid_keypoints"


class UnknownPose(InvalidInput):
    code = "unknown_pose"


class NoFigure(InvalidInput):
    code = "no_figure"


class NoPose(InvalidInput):
    code = "no_pose"


class NotFound(ContrappostoError):
    code = "not_found"
    status = 404


class WeightsError(ContrappostoError):
    code = "weights"


class ArtefactError(ContrappostoError):
    code = "artefact"


class GraphError(ContrappostoError):
    code = "graph"


class NotFinite(ContrappostoError):
    code = "not_finite"


class Overloaded(ContrappostoError):
    code = "overloaded"
    status = 503
    retryable = True
