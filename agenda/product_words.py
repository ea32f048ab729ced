"""What products and vendors are called: the tables by which `agenda.matching` reads names. The catalog's own spellings count.

A word of a product is written here as `matching` cuts it: without a plural s, without the digit of a version.
"""

from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Make no difference between two products.
WEAK = _words(
    "a an the and or of by in on with all any formerly server software firmware edition version enterprise "
    "professional standard community premium ultimate online onprem premise on-prem appliance device multiple "
    "product serie suite platform client agent service application component system tool app apps vpn "
)
# Make no difference between two firms.
FIRM = _words(
    "inc corp corporation co ltd llc gmbh ag sa se plc company group foundation project systems networks network "
    "software technologies technology labs platforms wireless "
)
# “Cisco; all products” is the vendor alone.
NO_PRODUCT = _words("all any multiple product")
# Other names of a vendor, and firms that were bought: → the key of the name under which the catalog lists it.
VENDORS: Mapping[str, str] = {
    "ms": "microsoft",
    "msft": "microsoft",
    "hp": "hewlettpackard",
    "hpe": "hewlettpackard",
    "hewlettpackardenterprise": "hewlettpackard",
    "pan": "paloalto",
    "pulse": "ivanti",
    "pulsesecure": "ivanti",
    "mobileiron": "ivanti",
    "telerik": "progress",
    "zimbra": "synacor",
    "manageengine": "zoho",
    "facebook": "meta",
    "vmwaretanzu": "vmware",
    "tanzu": "vmware",
    "spring": "vmware",
    "helpsystems": "fortra",
    "dnn": "dotnetnuke",
    "trellix": "mcafee",
    "opentext": "microfocus",
    "confluence": "atlassian",
    "jira": "atlassian",
}
# Names of a vendor that are a product's name as well: they stay among its words.
BOTH = _words("confluence jira manageengine mobileiron pulse pulsesecure spring tanzu telerik zimbra")
# What the market calls differently than the catalog does: word of a product → what else it is published as.
ALSO: Mapping[str, tuple[str, ...]] = {
    "chrome": ("chromium",),
    "edge": (
        "edge",
        "chromium edge",
    ),
    "ie": ("internet explorer",),
    "o365": ("office",),
    "m365": ("office",),
    "365": ("office",),
    "window": (
        "windows",
        "win32k",
        "netlogon",
        "smbv",
        "mshtml",
        "dwm core library",
        "http.sys",
        "active directory",
    ),
    "ad": ("active directory",),
    "defender": (
        "defender",
        "malware protection engine",
    ),
    "iphone": ("ios",),
    "ipad": ("ipados",),
    "mac": (
        "macos",
        "os x",
    ),
    "macos": (
        "macos",
        "os x",
    ),
    "fortigate": ("fortios",),
    "esx": ("esxi",),
    "vsphere": (
        "vsphere",
        "esxi",
        "vcenter",
    ),
    "httpd": ("http",),
    "netscaler": (
        "netscaler",
        "application delivery controller",
    ),
    "globalprotect": ("pan os",),
    "panorama": ("pan os",),
    "jre": (
        "java runtime environment",
        "java",
    ),
    "jdk": (
        "java se",
        "java",
    ),
    "ebs": ("e business",),
}
# Words that mean something else together than one by one, and what they are written as.
COMPOUNDS = (("data center and server", "server"), ("data center", "server"), ("ios xe", "iosxe"), ("ios xr", "iosxr"))
