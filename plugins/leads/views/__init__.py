"""The conversion, payment and financial views: kept up to date, checked, explained."""
