def seeded_errors(name):
    # ruleid: error-reads-like-the-others
    raise QualityGateError("Cannot read the file")


def seeded_stop(name):
    # ruleid: error-reads-like-the-others
    raise ConfigError("cannot read the file.", hint="mend it")


def seeded_form(name):
    # ok: error-reads-like-the-others
    raise GitError(f"cannot read {name}", hint="mend it")


def seeded_text(path):
    # ruleid: text-names-its-encoding
    path.write_text("a")
    # ok: text-names-its-encoding
    path.write_text("a", encoding="utf-8")
    # ruleid: text-names-its-encoding
    return path.read_text()


# ruleid: data-is-frozen
@dataclass(slots=True)
class SeededState:
    name: str


# ok: data-is-frozen
@dataclass(frozen=True, slots=True)
class SeededData:
    name: str
