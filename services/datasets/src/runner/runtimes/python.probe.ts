/**
 * Prints, as JSON, what an interpreter of Python reads: it imports numpy and every extension module of the
 * standard library, and lists the libraries that it has mapped then. The certificates of authorities are where
 * OpenSSL looks for them; only a sandbox with network has the file behind the link.
 */
export const PYTHON_PROBE = `
import importlib, json, os, sys, sysconfig
def read_glibc():
    try:
        return os.confstr("CS_GNU_LIBC_VERSION").split()[1]
    except Exception:
        return None
def list_packages():
    from importlib import metadata
    found = {}
    for one in metadata.distributions():
        name, version = one.metadata["Name"], one.version
        if name and version:
            found.setdefault(name, version)
    return found
found = {"version": list(sys.version_info[:3]), "executable": sys.executable, "numpy": None}
try:
    import numpy
    found["numpy"] = numpy.__version__
except Exception as error:
    found["why"] = f"{type(error).__name__}: {error}"[:300]
standard = sysconfig.get_paths()
folders = [path for path in [*sys.path, standard["stdlib"], standard["platstdlib"]] if os.path.isdir(path)]
for folder in folders:
    if os.path.basename(folder) == "lib-dynload":
        for name in os.listdir(folder):
            try:
                importlib.import_module(name.split(".")[0])
            except BaseException:
                pass
# Libraries that wheels expect of every system (PEP 599), so that a sandbox has them for an environment.
import ctypes
for name in ("libgcc_s.so.1", "libstdc++.so.6", "libm.so.6", "libdl.so.2", "librt.so.1", "libpthread.so.0",
             "libutil.so.1", "libresolv.so.2", "libnsl.so.1", "libz.so.1", "libexpat.so.1", "libatomic.so.1"):
    try:
        ctypes.CDLL(name)
    except OSError:
        pass
mapped = set()
try:
    with open("/proc/self/maps") as maps:
        mapped = {line.split(None, 5)[5].strip() for line in maps if ".so" in line}
except OSError:
    pass
links = {}
def follow(step):
    while os.path.islink(step):
        target = os.path.normpath(os.path.join(os.path.dirname(step), os.readlink(step)))
        links[step] = target
        step = target
    return step
# Debian puts variants of a library, such as BLAS, into a folder below and links to one by /etc/alternatives.
folders_of_libraries = {os.path.dirname(library) for library in mapped}
for folder in folders_of_libraries | {os.path.dirname(one) for one in folders_of_libraries}:
    for name in os.listdir(folder):
        place = os.path.join(folder, name)
        if ".so" in name and os.path.islink(place) and os.path.realpath(place) in mapped:
            follow(place)
step = follow(sys.executable)
files = []
venv = os.path.join(sys.prefix, "pyvenv.cfg")
if os.path.exists(venv):
    files.append(venv)
try:
    import ssl
    store = ssl.get_default_verify_paths().openssl_cafile
    bundle = os.path.realpath(store) if os.path.exists(store) else "/etc/ssl/certs/ca-certificates.crt"
    if bundle == store:
        files.append(store)
    elif os.path.exists(bundle):
        links[store] = bundle
except Exception:
    pass
found.update(
    file=step,
    folders=sorted(set(folders)),
    libraries=sorted(mapped),
    links=links,
    files=files,
    abiFlags="t" if sysconfig.get_config_var("Py_GIL_DISABLED") else "",
    platform=sysconfig.get_platform(),
    glibc=read_glibc(),
    packages=list_packages(),
)
print(json.dumps(found))
`;
