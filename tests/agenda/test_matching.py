"""Products as people call them, against names as the catalog publishes them. Both columns are real."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.matching import Index, Named, mentioned, nearest_vendor, split_vendor
from tests.doubles import catalogs

PUBLISHED = [
    ("Microsoft", "Exchange Server"),
    ("Microsoft", "Edge and Internet Explorer"),
    ("Microsoft", "Windows"),
    ("Microsoft", "Win32k"),
    ("Microsoft", "SharePoint"),
    ("Microsoft", "Office"),
    ("Microsoft", "Internet Information Services (IIS)"),
    ("Cisco", "Adaptive Security Appliance (ASA) and Firepower Threat Defense (FTD)"),
    ("Cisco", "Adaptive Security Appliance and Firepower Threat Defense"),
    ("Cisco", "IOS and IOS XE Software"),
    ("Cisco", "IOS XE Web UI"),
    ("Apple", "iOS, iPadOS, and macOS"),
    ("Apache", "Log4j2"),
    ("Apache", "HTTP Server"),
    ("Apache", "Struts 2"),
    ("Oracle", "Java SE"),
    ("Oracle", "WebLogic Server"),
    ("JetBrains", "TeamCity"),
    ("TeamViewer", "Desktop"),
    ("Palo Alto Networks", "PAN-OS"),
    ("Fortinet", "FortiOS and FortiProxy"),
    ("Citrix", "NetScaler ADC and NetScaler Gateway"),
    ("Citrix", "Application Delivery Controller (ADC) and Gateway"),
    ("Ivanti", "Endpoint Manager Mobile (EPMM) and MobileIron Core"),
    ("Ivanti", "Pulse Connect Secure"),
    ("VMware", "vCenter Server and Cloud Foundation"),
    ("VMware", "ESXi"),
    ("Google", "Chromium V8"),
    ("Atlassian", "Confluence Server/Data Center"),
    ("Progress", "MOVEit Transfer"),
    ("F5", "BIG-IP Configuration Utility"),
    ("Synacor", "Zimbra Collaboration Suite (ZCS)"),
    ("Zoho", "ManageEngine ServiceDesk Plus (SDP)"),
    ("SonicWall", "SMA100"),
    ("Hewlett Packard (HP)", "OpenView Network Node Manager"),
    ("Linux", "Kernel"),
    ("Android", "Framework"),
    ("Git", "Git"),
    ("Broadcom", "Brocade Fabric OS"),
    ("Red Hat", "JBoss"),
    ("Veeam", "Backup & Replication"),
]
INDEX = Index([Named(vendor=vendor, product=product) for vendor, product in PUBLISHED])
VENDORS = sorted({vendor for vendor, _ in PUBLISHED})

HITS = {
    "MS Exchange": "Exchange Server",
    "Microsoft Exchange Server 2019": "Exchange Server",
    "exchange": "Exchange Server",
    "Microsoft Windows 11": "Windows",
    "Windows Server 2022": "Win32k",
    "Microsoft Edge": "Edge and Internet Explorer",
    "MS Share Point Server": "SharePoint",
    "Microsoft 365": "Office",
    "IIS": "Internet Information Services (IIS)",
    "Internet Information Services": "Internet Information Services (IIS)",
    "Cisco ASA": "Adaptive Security Appliance and Firepower Threat Defense",
    "Cisco FTD": "Adaptive Security Appliance (ASA) and Firepower Threat Defense (FTD)",
    "Cisco IOS XE": "IOS XE Web UI",
    "Apple iPhone": "iOS, iPadOS, and macOS",
    "Log4j": "Log4j2",
    "Apache Log4j 2.17": "Log4j2",
    "Apache httpd": "HTTP Server",
    "Apache Struts": "Struts 2",
    "Oracle Java": "Java SE",
    "Oracle WebLogic Server 12c": "WebLogic Server",
    "TeamCity": "TeamCity",
    "TeamViewer": "Desktop",
    "PaloAlto PAN-OS": "PAN-OS",
    "Palo Alto Networks GlobalProtect": "PAN-OS",
    "Fortinet FortiGate": "FortiOS and FortiProxy",
    "Citrix NetScaler": "Application Delivery Controller (ADC) and Gateway",
    "Citrix ADC": "NetScaler ADC and NetScaler Gateway",
    "MobileIron": "Endpoint Manager Mobile (EPMM) and MobileIron Core",
    "Ivanti EPMM": "Endpoint Manager Mobile (EPMM) and MobileIron Core",
    "Pulse Secure VPN": "Pulse Connect Secure",
    "Broadcom VMware ESXi": "ESXi",
    "VMware vSphere": "vCenter Server and Cloud Foundation",
    "Google Chrome": "Chromium V8",
    "Confluence Data Center": "Confluence Server/Data Center",
    "Progress MOVEit": "MOVEit Transfer",
    "F5 BigIP": "BIG-IP Configuration Utility",
    "Zimbra": "Zimbra Collaboration Suite (ZCS)",
    "ManageEngine ServiceDesk": "ManageEngine ServiceDesk Plus (SDP)",
    "HPE OpenView": "OpenView Network Node Manager",
    "Red Hat Linux": "Kernel",
    "Google Android": "Framework",
    "Git": "Git",
    "Veeam Backup and Replication": "Backup & Replication",
}
MISSES = [
    ("Microsoft Edge", "Exchange Server"),
    ("Microsoft Teams", "TeamCity"),
    ("Teams", "TeamCity"),
    ("Teams", "Desktop"),
    ("JavaScript", "Java SE"),
    ("Oracle Database", "WebLogic Server"),
    ("Cisco IOS", "iOS, iPadOS, and macOS"),
    ("Apple iOS", "IOS and IOS XE Software"),
    ("Cisco IOS", "IOS XE Web UI"),
    ("SonicWall SMA1000", "SMA100"),
    ("GitLab", "Git"),
    ("Windows", "Chromium V8"),
    ("Confluent", "Confluence Server/Data Center"),
    ("Microsoft Exchange Server", "SharePoint"),
    ("SAP HANA", "Windows"),
    ("Citrix ADC", "Adaptive Security Appliance (ASA) and Firepower Threat Defense (FTD)"),
]


def found(line: str) -> set[str]:
    vendor, product = split_vendor(line, INDEX.vendors)
    return {PUBLISHED[place][1] for place in INDEX.hits(Named(vendor=vendor, product=product))}


@pytest.mark.parametrize(("line", "product"), HITS.items())
def test_it_is_meant(line: str, product: str):
    assert product in found(line)


@pytest.mark.parametrize(("line", "product"), MISSES)
def test_it_is_not_meant(line: str, product: str):
    assert product not in found(line)


def test_every_published_product_is_found_by_its_own_name():
    missed = [name for place, name in enumerate(INDEX.names) if place not in INDEX.hits(name)]
    assert missed == []


def test_a_vendor_alone_is_all_of_its_products():
    assert found("Microsoft") == {product for vendor, product in PUBLISHED if vendor == "Microsoft"}


def test_multiple_products_are_told_by_the_description_and_under_that_vendor_only():
    several = Named(
        vendor="Apple", product="Multiple Products", about="Apple macOS and Safari on Windows contain a flaw."
    )
    index = Index([several])
    assert index.hits(Named(vendor="Apple", product="macOS")) == [0]
    assert index.hits(Named(vendor="Apple", product="watchOS")) == []
    assert index.hits(Named(vendor="Microsoft", product="Windows")) == []
    assert index.hits(Named(product="Windows")) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Mircosoft Exchange", "Microsoft"),
        ("Fortnet", "Fortinet"),
        ("Palo Alot", "Palo Alto Networks"),
        ("Workday", ""),
    ],
)
def test_a_vendor_that_is_not_known_is_offered_the_nearest(typed: str, meant: str):
    assert nearest_vendor(typed, VENDORS) == meant


def test_news_must_name_the_product_and_where_one_word_is_not_enough_the_vendor():
    exchange = Named(vendor="Microsoft", product="Exchange Server")
    assert mentioned(exchange, "Microsoft mends a flaw in Exchange")
    assert not mentioned(exchange, "Stock exchange closes early")
    assert not mentioned(Named(), "Anything")


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_typed_gets_an_answer(vendor: str, product: str):
    named = Named(vendor=vendor, product=product)
    assert {*INDEX.hits(named)} <= {*range(len(PUBLISHED))}
    mentioned(named, product)


def test_in_a_full_catalog_each_of_a_thousand_products_meets_its_own_entry():
    names = [Named(vendor=vendor, product=product) for vendor, product in catalogs.names()]
    index = Index(names)
    hits = [index.hits(name) for name in names[:1000]]
    assert len(hits) == 1000
    assert all(place in places for place, places in enumerate(hits))
